pipeline('support') {
    evaluate { score('same') { row.answer.trim() } }
    prepare {
        dataset 'data/rows.jsonl'
    }
    initialize { model 'models/base' }
    train { method lora() }
}
