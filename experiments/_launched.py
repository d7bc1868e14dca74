"""Run `_on_a_parameter_server.py` in several processes, or in one, and collect what they tell."""

import json
import subprocess
import sys
from pathlib import Path

SCRIPT = Path(__file__).parent / "_on_a_parameter_server.py"


def answers(work, num_workers, **arguments):
    """Give the workers' answers by rank: of `num_workers` launched processes, or of a single one without a server."""
    together = ["-m", "d2l_utils.launch", "-n", str(num_workers)] if num_workers > 1 else []
    kind = "dist_sync" if num_workers > 1 else "local"
    command = [sys.executable, *together, str(SCRIPT), work, kind, json.dumps(arguments)]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    if ended.returncode:
        raise RuntimeError(f"the workers ended with exit code {ended.returncode}: {ended.stderr}")
    found = [json.loads(line) for line in ended.stdout.splitlines()]
    return sorted(found, key=lambda answer: answer["rank"])
