pipeline('support') {
    prepare {
        dataset 'data/rows.jsonl'
        filter { row.answer != '' && row.answer.length() }
    }
    initialize { model 'models/base' }
    train { method lora() }
}
