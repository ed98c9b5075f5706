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
    evaluate { metric passAll(2, samples: 1000) }
}
