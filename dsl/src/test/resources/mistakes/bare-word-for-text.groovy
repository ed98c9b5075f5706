pipeline('support') {
    prepare {
        dataset 'data/rows.jsonl'
    }
    initialize {
        model smollm
    }
    train {
        method lora()
    }
}
