pipeline('support') {
    deploy { target directory('m'); canary 10.percent }
    prepare {
        dataset 'data/rows.jsonl'
    }
    initialize { model 'models/base' }
    train { method lora() }
}
