pipeline('support') {
    schedule cron: '0 2 * * *', timezone: 'Berlin'
    prepare {
        dataset 'data/rows.jsonl'
    }
    initialize { model 'models/base' }
    train { method lora() }
}
