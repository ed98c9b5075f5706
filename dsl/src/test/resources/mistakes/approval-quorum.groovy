pipeline('support') {
    deploy { target directory('m'); approval from: 'ml', quorum: 0 }
    prepare {
        dataset 'data/rows.jsonl'
    }
    initialize { model 'models/base' }
    train { method lora() }
}
