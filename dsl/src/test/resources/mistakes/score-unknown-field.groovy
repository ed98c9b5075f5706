pipeline('support') {
    evaluate { score('same') { row.answer == row.expect } }
    prepare {
        dataset 'data/rows.jsonl'
    }
    initialize { model 'models/base' }
    train { method lora() }
}
