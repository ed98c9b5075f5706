"""Reads card.md as the Hugging Face Hub does, and writes what it found to card.json.

huggingface_hub 2.4.0; run with the interpreter that `.ci/python-env` prints. ModelCardTest writes card.md with
-Dgolden.update=true, and compares card.json with the scores of the card.
"""

import json
import pathlib

from huggingface_hub import ModelCard

here = pathlib.Path(__file__).parent
data = ModelCard((here / "card.md").read_text(encoding="utf-8")).data
found = {
    "license": data.license,
    "base_model": data.base_model,
    "base_model_relation": data.to_dict()["base_model_relation"],
    "language": data.language,
    "datasets": data.datasets,
    "library_name": data.library_name,
    "pipeline_tag": data.pipeline_tag,
    "tags": data.tags,
    "model_name": data.model_name,
    "results": [
        {
            "task": result.task_type,
            "dataset": result.dataset_type,
            "dataset_name": result.dataset_name,
            "split": result.dataset_split,
            "metric": result.metric_type,
            "name": result.metric_name,
            "value": result.metric_value,
        }
        for result in data.eval_results
    ],
}
(here / "card.json").write_text(json.dumps(found, indent=2, sort_keys=True) + "\n", encoding="utf-8")
