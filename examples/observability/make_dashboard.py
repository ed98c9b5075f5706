"""Writes dashboard.json, a Grafana dashboard of Septet: `python3 make_dashboard.py > dashboard.json`."""
import json

RATE = "[$__rate_interval]"


def quantile(q, series, by):
    return f'histogram_quantile({q}, sum by ({by}, le) (rate({series}_bucket{RATE})))'


def grown(series, by):
    """What counters grew by. `increase` does not see the first event of a counter, which appears with it."""
    before = f'max_over_time({series}[$__range] offset $__range)'
    return f'sum by ({by}) ((increase({series}[$__range]) and {before}) or ({series} unless {before}))'


# Rows: title, panels; a panel: title, unit, (query, legend)...
ROWS = [
    ("Processes", [
        ("Processes that answer", "short", ('sum by (septet_kind) (up{job="septet"})', "{{septet_kind}}")),
        ("Parts that are not ready", "short", ('septet_ready == 0', "{{septet_process}} {{part}}")),
        ("Supervised processes that run", "short", ('septet_supervised_process_up', "{{process}}")),
        ("Deaths of supervised processes", "short", ('septet_supervised_process_deaths', "{{process}}")),
        ("Resident memory", "bytes", ('process_resident_memory_bytes{job="septet"}', "{{septet_process}}")),
        ("Heap", "bytes", ('sum by (septet_process) (jvm_memory_used_bytes{area="heap"})', "{{septet_process}}")),
        ("Processor", "short", (f'rate(process_cpu_seconds_total{{job="septet"}}{RATE})', "{{septet_process}}")),
        ("Memory left", "bytes", ('septet_host_memory_available_bytes', "{{instance}}")),
        ("Disk left", "percentunit", ('septet_disk_free_bytes / septet_disk_size_bytes', "{{instance}} {{folder}}")),
        ("Temporal requests that fail", "reqps", (f'sum by (status_code) (rate(temporal_request_failure_total{{job="septet"}}{RATE}))', "{{status_code}}")),
    ]),
    ("Cards", [
        ("Card memory", "percentunit", ('septet_gpu_memory_used_bytes / septet_gpu_memory_size_bytes', "{{instance}} card {{gpu}}")),
        ("Card use", "percentunit", ('septet_gpu_utilization_ratio', "{{instance}} card {{gpu}}")),
        ("Card power", "watt", ('septet_gpu_power_watts', "{{instance}} card {{gpu}}")),
    ]),
    ("Runs", [
        ("Slots in use", "short", ('sum by (queue) (septet_slots_used)', "{{queue}}")),
        ("Slots free", "short", ('sum by (queue) (septet_slots_free)', "{{queue}}")),
        ("Wait for a worker, 95th percentile", "s",
         (quantile(0.95, "temporal_activity_schedule_to_start_latency_seconds", "task_queue"), "{{task_queue}}")),
        ("Activities that run", "short", ('sum by (pipeline, activity) (septet_activities_running)', "{{pipeline}} {{activity}}")),
        ("Time without progress", "s", ('septet_activity_progress_age_seconds', "{{pipeline}} {{activity}}")),
        ("Failed attempts", "short", (grown("septet_activity_failures_total", "pipeline, type"), "{{pipeline}} {{type}}")),
        ("Results that were reused", "percentunit",
         (grown('septet_stage_results_total{origin="reused"}', "stage") + " / " + grown("septet_stage_results_total", "stage"), "{{stage}}")),
        ("Ended runs", "short", (grown("septet_runs_total", "pipeline, outcome"), "{{pipeline}} {{outcome}}")),
        ("Time of stages", "s", (grown("septet_stage_seconds_total", "stage"), "{{stage}}")),
        ("Cost", "short", (grown("septet_run_cost_total", "pipeline, currency"), "{{pipeline}} {{currency}}")),
        ("Cost of services", "short", (grown("septet_service_cost_total", "pipeline, currency"), "{{pipeline}} {{currency}}")),
        ("Tokens of services", "short", (grown("septet_service_tokens_total", "pipeline"), "{{pipeline}}")),
        ("Energy", "joule", (grown("septet_run_energy_joules_total", "pipeline, source"), "{{pipeline}} {{source}}")),
    ]),
    ("Training", [
        ("Loss", "short", ('septet_training_loss', "{{pipeline}}")),
        ("Tokens per second", "short", ('septet_training_tokens_per_second', "{{pipeline}}")),
        ("Progress", "percentunit", ('septet_training_progress_ratio', "{{pipeline}}")),
        ("Steps per second", "short", (f'sum by (pipeline) (rate(septet_training_steps_total{RATE}))', "{{pipeline}}")),
        ("Checkpoints", "short", (grown("septet_checkpoints_total", "outcome"), "{{outcome}}")),
        ("Time of a checkpoint", "s", (f'sum(rate(septet_checkpoint_seconds_sum{RATE})) / sum(rate(septet_checkpoint_seconds_count{RATE}))', "mean")),
        ("Bytes of checkpoints", "Bps", (f'sum(rate(septet_checkpoint_bytes_total{RATE}))', "written")),
    ]),
    ("Models", [
        ("Verdicts of gates", "short", (grown("septet_gate_verdicts_total", "pipeline, verdict"), "{{pipeline}} {{verdict}}")),
        ("Drift score", "short", ('septet_drift_score', "{{pipeline}} {{check}}")),
        ("Drift p value", "short", ('septet_drift_p_value', "{{pipeline}} {{check}}")),
        ("Drift findings", "short", (grown("septet_drift_findings_total", "pipeline, check"), "{{pipeline}} {{check}}")),
        ("Time since the last drift check", "s", ('time() - max by (pipeline) (septet_drift_checked_timestamp_seconds)', "{{pipeline}}")),
    ]),
    ("Model servers", [
        ("Requests", "reqps", (f'sum by (model, status) (rate(septet_requests_total{RATE}))', "{{model}} {{status}}")),
        ("Time of a request, 95th percentile", "s", (quantile(0.95, "septet_request_seconds", "model"), "{{model}}")),
        ("Time to the first token, 95th percentile", "s", (quantile(0.95, "septet_time_to_first_token_seconds", "model"), "{{model}}")),
        ("Time per token, median", "s", (quantile(0.5, "septet_time_per_output_token_seconds", "model"), "{{model}}")),
        ("Wait for a turn, 95th percentile", "s", (quantile(0.95, "septet_queue_seconds", "model"), "{{model}}")),
        ("Generated tokens per second", "short", (f'sum by (model) (rate(septet_generated_tokens_total{RATE}))', "{{model}}")),
        ("Prompt tokens per second", "short", (f'sum by (model) (rate(septet_prompt_tokens_total{RATE}))', "{{model}}")),
        ("Answers in progress", "short", ('septet_answers_admitted', "{{septet_process}} admitted"),
         ('septet_answers_waiting', "{{septet_process}} waiting"), ('septet_answers_limit', "{{septet_process}} limit")),
        ("Memory of requests", "percentunit", ('septet_request_memory_bytes / septet_request_memory_limit_bytes', "{{septet_process}}")),
        ("Answers by their end", "short", (grown("septet_answers_total", "model, finish"), "{{model}} {{finish}}")),
        ("Models", "short", ('septet_models_served', "{{septet_process}}")),
    ]),
]
SOURCE = {"type": "prometheus", "uid": "${source}"}
WIDTH, HEIGHT, COLUMNS = 8, 7, 3


def panels():
    number, y = 1, 0
    for row, members in ROWS:
        yield {"id": number, "type": "row", "title": row, "collapsed": False, "panels": [],
               "gridPos": {"x": 0, "y": y, "w": 24, "h": 1}}
        number, y = number + 1, y + 1
        for at, (title, unit, *queries) in enumerate(members):
            yield {
                "id": number, "type": "timeseries", "title": title, "datasource": SOURCE,
                "gridPos": {"x": at % COLUMNS * WIDTH, "y": y + at // COLUMNS * HEIGHT, "w": WIDTH, "h": HEIGHT},
                "fieldConfig": {"defaults": {"unit": unit, "min": 0}, "overrides": []},
                "options": {"legend": {"displayMode": "list", "placement": "bottom"}, "tooltip": {"mode": "multi"}},
                "targets": [{"refId": chr(65 + n), "datasource": SOURCE, "expr": expr, "legendFormat": legend}
                            for n, (expr, legend) in enumerate(queries)],
            }
            number += 1
        y += -(-len(members) // COLUMNS) * HEIGHT


print(json.dumps({
    "uid": "septet", "title": "Septet", "tags": ["septet"], "schemaVersion": 39, "version": 1, "editable": True,
    "refresh": "30s", "time": {"from": "now-6h", "to": "now"},
    "templating": {"list": [{"name": "source", "label": "Data source", "type": "datasource", "query": "prometheus"}]},
    "panels": list(panels()),
}, indent=2))
