pipeline('support') {
    track 'team'
    prepare {
        dataset 'data/rows.jsonl'
    }
    initialize { model 'models/base' }
    train { method lora() }
}
