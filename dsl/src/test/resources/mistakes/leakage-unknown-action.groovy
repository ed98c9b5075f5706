pipeline('hello') {
    prepare {
        dataset 'data/hello.jsonl'
        leakage drop
    }
    initialize { model 'models/tiny' }
    train { method lora() }
    deploy { target directory('models/hello') }
}
