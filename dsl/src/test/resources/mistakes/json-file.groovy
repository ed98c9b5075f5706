{
  "name": "support",
  "prepare": { "dataset": "data/rows.jsonl" }
}
