pipeline('support') {
    prepare {
        dataset 'data/rows.jsonl'
        filter { return true }
    }
    initialize { model 'models/base' }
    train { method lora() }
}
