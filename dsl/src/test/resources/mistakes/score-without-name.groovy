pipeline('support') {
    evaluate { score { row.answer.length() } }
    prepare {
        dataset 'data/rows.jsonl'
    }
    initialize { model 'models/base' }
    train { method lora() }
}
