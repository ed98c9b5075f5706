pipeline('support') {
    prepare {
        datasets 'data/rows.jsonl'
    }
    initialize {
        model 'models/base'
    }
    train {
        method lora()
    }
}
