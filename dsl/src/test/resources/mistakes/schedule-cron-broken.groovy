pipeline('support') {
    schedule cron: '0 25 * * SUN'
    prepare {
        dataset 'data/rows.jsonl'
    }
    initialize { model 'models/base' }
    train { method lora() }
}
