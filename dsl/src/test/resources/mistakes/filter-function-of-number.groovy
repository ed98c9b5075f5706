pipeline('support') {
    prepare {
        dataset 'data/rows.jsonl'
        filter { row.answer.length().contains('x') }
    }
    initialize { model 'models/base' }
    train { method lora() }
}
