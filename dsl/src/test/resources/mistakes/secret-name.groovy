pipeline('support') {
    notify webhook(secret('team-webhook')), on: failed
    prepare {
        dataset 'data/rows.jsonl'
    }
    initialize { model 'models/base' }
    train { method lora() }
}
