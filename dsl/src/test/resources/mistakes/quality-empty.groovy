pipeline('hello') {
    prepare {
        dataset 'data/hello.jsonl'
        quality confidence: 0.6
    }
    initialize { model 'models/tiny' }
    train { method lora() }
    deploy { target directory('models/hello') }
}
