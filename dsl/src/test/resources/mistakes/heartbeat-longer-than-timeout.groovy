pipeline('support') {
    prepare {
        dataset 'data/rows.jsonl'
    }
    initialize {
        model 'models/base'
    }
    train {
        method lora()
        timeout 1.minutes
        heartbeat 5.minutes
    }
}
