pipeline('support') {
    prepare {
        dataset 'data/rows.jsonl'
    }
    initialize {
        candidates 'models/a'
    }
    train {
        method lora()
    }
}
