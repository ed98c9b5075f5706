pipeline('support') {
    prepare {
        dataset 'data/rows.jsonl'
        filter { row.answer.lenght() > 20 }
    }
    initialize { model 'models/base' }
    train { method lora() }
}
