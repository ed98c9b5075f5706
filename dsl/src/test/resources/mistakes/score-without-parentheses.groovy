pipeline('support') {
    evaluate { score 'brief', above: 0.5 { row.answer.length() < 9 } }
    prepare {
        dataset 'data/rows.jsonl'
    }
    initialize { model 'models/base' }
    train { method lora() }
}
