pipeline('support') {
    prepare {
        dataset 'data/rows.jsonl'
        columns prompt: 'q', completion: 'q'
    }
    initialize {
        model 'models/base'
    }
    train {
        method lora()
    }
}
