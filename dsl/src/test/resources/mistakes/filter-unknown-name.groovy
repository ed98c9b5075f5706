def least = 20
pipeline('support') {
    prepare {
        dataset 'data/rows.jsonl'
        filter { row.answer.length() > leest }
    }
    initialize { model 'models/base' }
    train { method lora() }
}
