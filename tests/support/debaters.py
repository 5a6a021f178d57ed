"""What a well-behaved model answers in a debate, whatever it is asked."""

from collections.abc import Callable

from tests.support.endpoint_stand_in import Answer, Request, ScriptedEndpoint, says


def debaters(server: ScriptedEndpoint, *, view: str = "For", ballot: str = "Against") -> Callable[[Request], Answer]:
    """Every persona is for `view` before the debate and votes for `ballot` after it; speeches are fresh sentences."""

    def answer(request: Request) -> Answer:
        tail = request.prompt.rpartition("(A note from the moderator")[2]
        if "in private" in tail:
            return says(f"{server.sentence()}\nChoice: {view}")
        return says(ballot if "secret ballot" in tail else server.sentence())

    return answer
