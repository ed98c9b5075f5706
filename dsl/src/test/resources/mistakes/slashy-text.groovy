pipeline('support') {
    prepare {
        dataset 'data/rows.jsonl'
    }
    initialize {
        model /models/
    }
    train {
        method lora()
    }
}
