pipeline('support') {
    prepare {
        dataset 'data/rows.jsonl'
    }
    initialize {
        model 'models/base'
    }
    train {
        method lora()
    }
    evaluate { metric judge, above: 0.7 }
}
