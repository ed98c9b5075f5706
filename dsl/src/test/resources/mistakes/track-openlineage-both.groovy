pipeline('support') {
    track openlineage(tracker: 'a', folder: 'b')
    prepare {
        dataset 'data/rows.jsonl'
    }
    initialize { model 'models/base' }
    train { method lora() }
}
