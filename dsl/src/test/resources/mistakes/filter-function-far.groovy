pipeline('support') {
    prepare {
        dataset 'data/rows.jsonl'
        filter { row.answer.frobnicate() }
    }
    initialize { model 'models/base' }
    train { method lora() }
}
