pipeline('support') {
    schedule every: 1.day, overlap: skipp
    prepare {
        dataset 'data/rows.jsonl'
    }
    initialize { model 'models/base' }
    train { method lora() }
}
