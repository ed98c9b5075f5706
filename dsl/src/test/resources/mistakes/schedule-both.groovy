pipeline('support') {
    schedule cron: '0 2 * * *', every: 1.day
    prepare {
        dataset 'data/rows.jsonl'
    }
    initialize { model 'models/base' }
    train { method lora() }
}
