"""A server over TLS with a certificate of a host's own making: trusted where a setting says so, and nowhere else."""

import ssl
from pathlib import Path
from typing import Final

import pytest
import trustme

from bot.errors import RoundtableError
from bot.llm.endpoint import Endpoint
from bot.llm.factory import open_endpoints
from bot.settings import Settings
from tests.support.endpoint_stand_in import fails, scripted_endpoint

ADDRESS: Final = "127.0.0.1"


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


def tls_of(certificate: trustme.LeafCert) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    return context


async def answer_of(url: str, **values: str) -> str:
    settings = Settings(_env_file=None, llm_base_url=url, llm_retries=1, **values)  # type: ignore[call-arg]
    async with open_endpoints(settings) as endpoints:
        return (await endpoints.default.complete("Aino:", temperature=0.7, max_tokens=50)).text


@pytest.mark.parametrize("of", ["the authority", "the server itself"])
async def test_a_certificate_in_the_file_is_trusted_by_both_ways_to_a_server(
    authority: trustme.CA, tmp_path: Path, of: str
) -> None:
    certificate = authority.issue_cert(ADDRESS)
    file = tmp_path / "ours.pem"
    (authority.cert_pem if of == "the authority" else certificate.cert_chain_pems[0]).write_to_path(file)
    async with scripted_endpoint(fails(500, retry_after_ms="5"), "Good evening.", tls=tls_of(certificate)) as server:
        assert server.url.startswith("https://")
        # The list of models and the second try go the SDK's way, the first try goes past it.
        assert await answer_of(server.url, llm_ca_file=str(file)) == "Good evening."
        assert {r.path for r in server.requests} == {"/v1/models", "/v1/chat/completions"}


async def test_without_the_file_nothing_is_said_to_the_server(authority: trustme.CA) -> None:
    async with scripted_endpoint(tls=tls_of(authority.issue_cert(ADDRESS))) as server:
        endpoint = Endpoint(server.url, model="m", retries=0)
        with pytest.raises(RoundtableError):
            await endpoint.complete("Aino:", temperature=0.7, max_tokens=50)
        await endpoint.aclose()
        assert server.requests == []


async def test_the_file_does_not_make_one_server_pass_for_another(authority: trustme.CA, tmp_path: Path) -> None:
    file = tmp_path / "ours.pem"
    authority.cert_pem.write_to_path(file)
    async with scripted_endpoint(tls=tls_of(authority.issue_cert("models.example"))) as server:
        with pytest.raises(RoundtableError):
            await answer_of(server.url, llm_ca_file=str(file), llm_model="m")
        assert server.requests == []


async def test_the_file_is_for_the_named_endpoints_too(authority: trustme.CA, tmp_path: Path) -> None:
    file = tmp_path / "ours.pem"
    authority.cert_pem.write_to_path(file)
    async with scripted_endpoint(tls=tls_of(authority.issue_cert(ADDRESS))) as server:
        named = {"fast": {"base_url": server.url}}
        settings = Settings(_env_file=None, llm_ca_file=file, endpoint=named)  # type: ignore[call-arg, arg-type]
        async with open_endpoints(settings) as endpoints:
            (fast,) = endpoints.every()[1:]
            assert (await fast.complete("Aino:", temperature=0.7, max_tokens=50)).text
