pipeline('support') {
    prepare {
        dataset 'data/rows.jsonl'
        filter { it.answer != '' }
    }
    initialize { model 'models/base' }
    train { method lora() }
}
