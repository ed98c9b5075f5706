pipeline('support') {
    prepare {
        dataset 'data/rows.jsonl'
        filter { 'yes' }
    }
    initialize { model 'models/base' }
    train { method lora() }
}
