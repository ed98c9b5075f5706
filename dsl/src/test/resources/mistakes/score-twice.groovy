pipeline('support') {
    evaluate { score('s') { 1 }; score('s') { 2 } }
    prepare {
        dataset 'data/rows.jsonl'
    }
    initialize { model 'models/base' }
    train { method lora() }
}
