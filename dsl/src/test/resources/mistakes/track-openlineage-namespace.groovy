pipeline('support') {
    track openlineage(folder: 'b', namespace: 'a b')
    prepare {
        dataset 'data/rows.jsonl'
    }
    initialize { model 'models/base' }
    train { method lora() }
}
