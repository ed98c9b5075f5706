pipeline('support') {
    prepare {
        dataset '../secret/rows.jsonl'
    }
    initialize {
        model '/models/base'
    }
    train {
        method lora()
    }
}
