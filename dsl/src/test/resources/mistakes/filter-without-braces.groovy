pipeline('support') {
    prepare {
        dataset 'data/rows.jsonl'
        filter row.answer != ''
    }
    initialize { model 'models/base' }
    train { method lora() }
}
