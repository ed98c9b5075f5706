pipeline('support') {
    prepare {
        dataset 'data/rows.jsonl'
        balance by: oversample
    }
    initialize {
        model 'models/base'
    }
    train {
        method lora()
    }
}
