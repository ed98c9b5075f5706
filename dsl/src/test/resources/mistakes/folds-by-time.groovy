pipeline('hello') {
    prepare {
        dataset 'data/hello.jsonl'
        split folds: 5, time: 'created'
    }
    initialize { model 'models/tiny' }
    train { method lora() }
    deploy { target directory('models/hello') }
}
