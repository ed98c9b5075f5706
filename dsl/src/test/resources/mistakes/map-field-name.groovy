pipeline('support') {
    prepare {
        dataset 'data/rows.jsonl'
        map 'the answer': { row.answer }
    }
    initialize { model 'models/base' }
    train { method lora() }
}
