pipeline('hello') {
    prepare {
        dataset 'data/hello.jsonl'
        split folds: 1
    }
    initialize { model 'models/tiny' }
    train { method lora() }
    deploy { target directory('models/hello') }
}
