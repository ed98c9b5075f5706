pipeline('support') {
    prepare {
        dataset 'data/rows.jsonl'
        filter { row.answer.contains('a', 'b') }
    }
    initialize { model 'models/base' }
    train { method lora() }
}
