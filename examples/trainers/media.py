"""Pictures and recordings that rows name.

The rows come from a dataset, so only files of the operator's folder are opened."""

import json
import pathlib

from contract import Refused


def named_file(folder, name):
    """The path of a file below `folder`; refuses names that lead out of it, also by a link."""
    root = pathlib.Path(folder).resolve()
    try:
        path = (root / name).resolve()
        if path.is_relative_to(root) and path.is_file():
            return path
    except (OSError, ValueError):  # a name that no file can have
        pass
    raise Refused(f"the folder of this trainer has no file {name!r}")


def conversations(run, split):
    """For each row, what the model reads, and what it answers."""
    if run.request["rows"] not in ("chat", "completion"):
        raise Refused(f"this trainer has rows of chat or completion, not {run.request['rows']}")
    with open(run.path / "data" / f"{split}.jsonl", encoding="utf-8") as file:
        for line in file:
            row = json.loads(line)
            if "messages" in row:
                yield "\n".join(message["content"] for message in row["messages"][:-1]), row["messages"][-1]["content"]
            else:
                yield row["prompt"], row["completion"]
