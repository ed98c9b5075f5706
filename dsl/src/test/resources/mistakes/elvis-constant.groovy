def passes = param('passes', 3)
def n = passes ?: 5
pipeline('support') {
    prepare    { dataset 'data/rows.jsonl' }
    initialize { model 'models/base' }
    train      { method lora(); epochs n }
}
