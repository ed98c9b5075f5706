pipeline('support') {
    prepare {
        dataset 'data/rows.jsonl'
    }
    initialize {
        candidates 'm/1', 'm/2', 'm/3', 'm/4', 'm/5', 'm/6', 'm/7', 'm/8', 'm/9'
    }
    train {
        method lora()
    }
}
