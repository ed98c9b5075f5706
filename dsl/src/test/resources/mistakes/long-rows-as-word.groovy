pipeline('support') {
    prepare {
        dataset 'data/rows.jsonl'
        longer drop
    }
    initialize { model 'models/base' }
    train { method lora() }
}
