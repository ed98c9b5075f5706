pipeline('support') {
    evaluate { score('rougeL') { 1 } }
    prepare {
        dataset 'data/rows.jsonl'
    }
    initialize { model 'models/base' }
    train { method lora() }
}
