pipeline('support') {
    evaluate { score('s', above: 2, below: 1) { 1 } }
    prepare {
        dataset 'data/rows.jsonl'
    }
    initialize { model 'models/base' }
    train { method lora() }
}
