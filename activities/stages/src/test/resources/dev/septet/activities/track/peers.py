"""What trackers' own programs read of a run, as JSON: peers.py tensorboard|mlflow|openlineage|wandb WHERE."""

import json
import os
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


def tensorboard(where):
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
    from tensorboard.plugins.hparams import plugin_data_pb2

    events = EventAccumulator(where, size_guidance={"scalars": 0, "tensors": 0}).Reload()
    found = {"scalars": {}, "hparams": {}}
    for tag in events.Tags()["scalars"]:
        found["scalars"][tag] = [[e.wall_time, e.step, e.value] for e in events.Scalars(tag)]
    contents = {
        tag: plugin_data_pb2.HParamsPluginData.FromString(content)
        for tag, content in events.PluginTagToContent("hparams").items()
    }
    start = contents["_hparams_/session_start_info"].session_start_info
    for name, value in start.hparams.items():
        found["hparams"][name] = getattr(value, value.WhichOneof("kind"))
    found["status"] = contents["_hparams_/session_end_info"].session_end_info.status
    return found


def mlflow(where):
    os.environ["MLFLOW_TRACKING_URI"] = where
    import mlflow
    from mlflow import MlflowClient

    client = MlflowClient()
    experiment = client.get_experiment_by_name("support")
    runs = client.search_runs([experiment.experiment_id])
    run = runs[0]
    losses = sorted(client.get_metric_history(run.info.run_id, "train/loss"), key=lambda point: point.step)
    card = client.download_artifacts(run.info.run_id, "model-card.md")
    return {
        "runs": len(runs),
        "status": run.info.status,
        "losses": [[point.step, point.value, point.timestamp] for point in losses],
        "metrics": run.data.metrics,
        "params": run.data.params,
        "card": open(card).read(),
        "versions": [version.tags for version in client.search_model_versions("name='support-bot'")],
    }


def openlineage(where):
    from openlineage.client.event_v2 import InputDataset, Job, OutputDataset, Run, RunEvent, RunState
    from openlineage.client.generated import (
        dataset_version_dataset,
        error_message_run,
        job_type_job,
        nominal_time_run,
        output_statistics_output_dataset,
        parent_run,
    )
    from openlineage.client.serde import Serde

    kinds = {
        "jobType": job_type_job.JobTypeJobFacet,
        "parent": parent_run.ParentRunFacet,
        "nominalTime": nominal_time_run.NominalTimeRunFacet,
        "errorMessage": error_message_run.ErrorMessageRunFacet,
        "version": dataset_version_dataset.DatasetVersionDatasetFacet,
        "outputStatistics": output_statistics_output_dataset.OutputStatisticsOutputDatasetFacet,
    }

    def facets(given):
        made = {}
        for name, content in given.items():
            values = {key: value for key, value in content.items() if not key.startswith("_")}
            facet = kinds[name](**values)
            assert facet._get_schema() == content["_schemaURL"], (facet._get_schema(), content["_schemaURL"])
            made[name] = facet
        return made

    def without(value):
        if isinstance(value, dict):
            left_out = ("_producer", "_schemaURL", "schemaURL")  # the client has its own
            kept = {key: without(one) for key, one in value.items() if key not in left_out}
            return {key: one for key, one in kept.items() if one not in ({}, [])}
        return [without(one) for one in value] if isinstance(value, list) else value

    count, same = 0, True
    for line in open(where):
        given = json.loads(line)
        event = RunEvent(
            eventType=RunState[given["eventType"]],
            eventTime=given["eventTime"],
            run=Run(runId=given["run"]["runId"], facets=facets(given["run"]["facets"])),
            job=Job(
                namespace=given["job"]["namespace"], name=given["job"]["name"], facets=facets(given["job"]["facets"])
            ),
            producer=given["producer"],
            inputs=[InputDataset(d["namespace"], d["name"], facets=facets(d["facets"])) for d in given["inputs"]],
            outputs=[
                OutputDataset(
                    d["namespace"],
                    d["name"],
                    facets=facets(d["facets"]),
                    outputFacets=facets(d.get("outputFacets", {})),
                )
                for d in given["outputs"]
            ],
        )
        count += 1
        same &= without(Serde.to_dict(event)) == without(given)
    return {"events": count, "same": same}


def wandb(where):
    found = {"history": [], "summary": {}, "config": {}, "project": None, "files": {}}

    class Server(BaseHTTPRequestHandler):
        """Answers what `wandb sync` asks, and keeps what it uploads."""

        def log_message(self, *args):
            pass

        def do_POST(self):
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            if self.headers.get("Content-Encoding") == "gzip":
                import gzip

                body = gzip.decompress(body)
            asked = json.loads(body)
            if "file_stream" in self.path:
                for name, chunk in (asked.get("files") or {}).items():
                    rows = [json.loads(line) for line in chunk["content"] if line]
                    if name == "wandb-history.jsonl":
                        found["history"] += rows
                    elif name == "wandb-summary.json" and rows:
                        found["summary"] = rows[-1]
                return self.answer({"exitcode": None, "limits": {}})
            query = asked.get("query", "")
            variables = asked.get("variables") or {}
            if "UpsertBucket" in query or "upsertBucket" in query:
                if variables.get("config"):
                    found["config"] = json.loads(variables["config"])
                found["project"] = variables.get("project") or found["project"]
                bucket = {
                    "id": "1",
                    "name": variables.get("name"),
                    "displayName": "x",
                    "description": "",
                    "config": "{}",
                    "sweepName": "",
                    "historyLineCount": 0,
                    "project": {"id": "1", "name": "support", "entity": {"id": "1", "name": "me"}},
                }
                return self.answer({"data": {"upsertBucket": {"bucket": bucket, "inserted": True}}})
            if "createRunFiles" in query:
                urls = [
                    {"name": name, "uploadUrl": "http://127.0.0.1:%d/upload/%s" % (server.server_port, name)}
                    for name in variables["files"]
                ]
                made = {"runID": "1", "uploadHeaders": [], "files": urls}
                return self.answer({"data": {"createRunFiles": made}})
            viewer = {"id": "1", "entity": "me", "username": "me", "email": "", "flags": "{}", "teams": {"edges": []}}
            return self.answer({"data": {"viewer": viewer, "serverInfo": None, "model": None}})

        def do_GET(self):
            self.answer({})

        def do_PUT(self):
            name = self.path.rsplit("/", 1)[1]
            found["files"][name] = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
            self.answer({})

        def answer(self, content):
            text = json.dumps(content).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Server)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    environment = {
        **os.environ,
        "WANDB_BASE_URL": "http://127.0.0.1:%d" % server.server_port,
        "WANDB_API_KEY": "0" * 40,
        "WANDB_ERROR_REPORTING": "false",
    }
    program = os.path.join(os.path.dirname(sys.executable), "wandb")
    done = subprocess.run(
        [program, "sync", "--yes", where], env=environment, cwd=os.path.dirname(where), capture_output=True, text=True, timeout=120
    )
    return {**found, "rc": done.returncode, "log": done.stdout + done.stderr}


print(json.dumps(globals()[sys.argv[1]](sys.argv[2])))
