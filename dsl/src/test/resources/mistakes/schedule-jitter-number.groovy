pipeline('support') {
    schedule every: 1.day, jitter: 10
    prepare {
        dataset 'data/rows.jsonl'
    }
    initialize { model 'models/base' }
    train { method lora() }
}
