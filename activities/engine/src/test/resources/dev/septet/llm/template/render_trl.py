"""Renders the chat templates that come with TRL, and their masks; they are not stored here.

    python render_trl.py OUT.json     # needs trl; TrlTemplatesTest runs it

The conversations are those of make_tools.py.
"""
import json
import pathlib
import sys

import transformers.utils.chat_template_utils as utils
import trl

from make_tools import CONVERSATIONS, Day, mask, rendered, tokenizer


def main():
    utils.datetime = Day
    renders = []
    for path in sorted((pathlib.Path(trl.__file__).parent / "chat_templates").glob("*.jinja")):
        source = path.read_text()
        opened = tokenizer(source)
        for name, case in CONVERSATIONS.items():
            found = rendered(opened, case)
            marks = "{% generation" in source.replace("{%-", "{%")
            if marks and "text" in found and "none" not in found and not case.get("add_generation_prompt"):
                found["mask"] = mask(opened, case)
            renders.append({"template": path.stem, "source": source, "conversation": name, **found})
    pathlib.Path(sys.argv[1]).write_text(json.dumps({"conversations": CONVERSATIONS, "renders": renders}))


if __name__ == "__main__":
    main()
