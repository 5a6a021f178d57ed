"""Modules of this repository run as processes of their own, which answer in lines of JSON."""

import asyncio
import json
import sys
from pathlib import Path
from typing import Any, Final

REPOSITORY: Final = Path(__file__).parent.parent
# A process that takes longer than this to answer or to end is stuck, in seconds.
PATIENCE: Final = 30.0


async def start_python(module: str, *args: str, **options: Any) -> asyncio.subprocess.Process:
    """A module of this repository, run with these arguments; its standard output can be read."""
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", module, *args), cwd=REPOSITORY, stdout=asyncio.subprocess.PIPE, limit=1 << 24, **options
    )


async def read_line(process: asyncio.subprocess.Process) -> dict[str, Any]:
    """The next JSON object that it prints. Raises RuntimeError if it has ended."""
    assert process.stdout is not None
    line = await asyncio.wait_for(process.stdout.readline(), PATIENCE)
    if not line:
        raise RuntimeError(f"a process of the trial ended by itself (exit code {process.returncode})")
    return json.loads(line)


async def run_python(module: str, *args: str) -> dict[str, Any]:
    """The JSON object that a module prints before it ends. Raises RuntimeError if it fails."""
    process = await start_python(module, *args)
    try:
        output, _ = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode:
        raise RuntimeError(f"{module} failed (exit code {process.returncode}); what it said stands above")
    return json.loads(output)
